"""What a study would cost before it is paid: its outdated jobs, measurements of its recipes, and when it would end."""
