"""ECS rollouts as a pure state machine: state in, time in, events and state out."""
