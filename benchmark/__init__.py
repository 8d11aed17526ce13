"""Training, evaluation, grids of runs, statistics, leaderboard, plots and the command line."""
