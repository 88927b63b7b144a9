"""Routes by subject. Each says who may use it: see runtime.web.access."""
