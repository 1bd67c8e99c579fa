"""Raw, messy values read by closed grammars: money, dates, labels. No locale, no guessing, no table library."""
