OWNER = "the sample project"
