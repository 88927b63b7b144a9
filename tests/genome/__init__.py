"""An invented genome: what of real genomes matters, in 40,000 bases, for the tests of all parts."""
