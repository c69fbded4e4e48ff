"""Makes the synthetic demo county. Run `python3 data/demo/generate.py`."""
