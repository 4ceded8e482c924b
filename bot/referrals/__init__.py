"""Referrals: kept once, sealed to their office, worked to their end."""
