"""The report: past runs as figures, and figures as one page that asks nobody for more."""
