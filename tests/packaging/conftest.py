collect_ignore = ["sample_project"]
