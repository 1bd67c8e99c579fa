"""What an account's bookings say of an applicant, as of a day: one definition, for tables and for one request."""
