"""Exports: files of what meets a filter, made once in S3 and downloaded from there.

A request only looks whether the file is there, or puts it into the queue of its process. A child
process makes it, so that neither threads nor the interpreter of the pages are busy with it.
"""
