"""Parts of the benchmark of lift quality."""
