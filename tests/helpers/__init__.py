"""What several tests share: made-up results, small studies, a judge, a cluster."""
