"""What is installed in what runs: packages of distributions and of applications."""
