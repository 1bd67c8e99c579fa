"""Feature views: what bookings say of each application of a table, made by a job, kept under a name and a number."""
