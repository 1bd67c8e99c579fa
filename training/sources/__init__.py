"""Tables as they lie about, made into one: declared, read in bounded memory, joined by declared keys, counted.

declared    what somebody writes down: sources, the base table, its key, the joins
places      where files may lie
stores      files of an object store that speaks S3
database    a query's answer, from PostgreSQL
staging     the files of one source as one table of plain columns
merging     the tables as one, a row for each row of the base
child       the last two, in a process of its own
handlers    the job around it
"""
