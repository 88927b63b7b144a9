"""Routes by subject. Each one states who may use it: see runtime.web.access."""
