"""What becomes of a result: the three processes that archive it, ask S3 for it, and bring it back.

`archive` moves results of Free users into the archive when their time is over. `restore` sees to
changes of plan: it asks S3 for the archived results of a user who is Premium now, and sets the time
of the results of a user who is Free again. `thaw` takes what S3 has restored, and brings it back.
"""
