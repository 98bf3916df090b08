"""Objectives: what is minimised, one file per family, each with a class `Objective`.

An objective owns the networks and optimisers of one training and knows how to take one step:

    Objective(build, settings, steps)
                                 build("generator") makes a network of the preset's model; steps: of the whole training
    metrics                      names of the scalars that a step returns, as columns of history.csv
    sampler                      the network of `networks` that images are drawn from
    networks                     name -> keras.Model
    optimizers                   name -> keras.optimizers.Optimizer, built
    state                        name -> anything else with `variables` that steps change
    step(batch, rare)            trains on one batch; returns float32 scalars in the order of `metrics`, means over the
                                 asking device's slice of the batch
    rare_every                   `rare` is True in every so many-th step: the ones in which all networks learn
"""
