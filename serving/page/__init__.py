"""The marketer's page at `/app/`: layouts per step, pure functions that make rows and figures, thin callbacks.

It calls the handlers of the endpoint in the same process. What a user types lives in her browser; nothing of it is
kept between callbacks, so that any worker can answer any of them.
"""
