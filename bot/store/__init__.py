"""The one database: tables, sessions, encrypted fields, migrations."""
