"""Where an officer reads referrals and answers."""
