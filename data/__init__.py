"""Tables: their schemas, reading and writing, history in time, imports and the simulated market."""
