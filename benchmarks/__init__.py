"""What Treadle costs, measured: `python -m benchmarks [engine|expressions|start …] [--json]`."""
