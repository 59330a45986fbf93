"""What afk costs: requests, time, memory; measured against the sandbox, beside a plain script."""
