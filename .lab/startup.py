# Runs in each kernel that `make lab` starts: a name that no cell has made yet is explained from the start.
import grader.ready

grader.ready.explain_names()
del grader
