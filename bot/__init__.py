"""Carries messages, decides, keeps referrals, shows them to officers."""
