"""Speed and memory of leanpay_dunning, each figure as a ratio measured in the same run. `make bench` runs it."""
