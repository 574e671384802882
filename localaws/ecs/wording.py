"""Sentences that ECS writes into events, reasons and status reasons."""

from __future__ import annotations

TROUBLESHOOTING = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."


def started(service: str, tasks: list[str]) -> str:
    return f"(service {service}) has started {len(tasks)} tasks: {_tasks(tasks)}."


def stopped(service: str, tasks: list[str]) -> str:
    return f"(service {service}) has stopped {len(tasks)} running tasks: {_tasks(tasks)}."


def registered(service: str, count: int, group: str) -> str:
    return f"(service {service}) registered {count} targets in (target-group {group})"


def deregistered(service: str, count: int, group: str) -> str:
    return f"(service {service}) deregistered {count} targets in (target-group {group})"


def draining(service: str, count: int) -> str:
    return f"(service {service}) has begun draining connections on {count} tasks."


def steady(service: str) -> str:
    return f"(service {service}) has reached a steady state."


def completed(service: str, deployment: str) -> str:
    return f"(service {service}) (deployment {deployment}) deployment completed."


def failed(service: str, deployment: str, why: str) -> str:
    return f"(service {service}) (deployment {deployment}) deployment failed: {why}."


def rolling_back(service: str, deployment: str) -> str:
    return f"(service {service}) rolling back to (deployment {deployment})."


def unplaced(service: str) -> str:
    return f"(service {service}) was unable to place a task. Reason: {NO_CAPACITY} {TROUBLESHOOTING}"


def inconsistent(service: str) -> str:
    return f"(service {service}) is unable to consistently start tasks successfully. {TROUBLESHOOTING}"


def stuck(service: str) -> str:
    return (
        f"(service {service}) was unable to stop or start tasks during a deployment because of the service deployment "
        "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
    )


def unhealthy_target(service: str, port: int, group: str, code: str) -> str:
    return (
        f"(service {service}) (port {port}) is unhealthy in (target-group {group}) due to (reason Health checks failed "
        f"with these codes: [{code}])"
    )


def unhealthy_container(service: str, task: str) -> str:
    return f"(service {service}) (task {task}) failed container health checks."


def failed_target(group: str) -> str:
    return f"Task failed ELB health checks in (target-group {group})"


def cannot_pull(image: str) -> str:
    return (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
        f"{image}: {image}: not found"
    )


def no_secret(where: str, name: str) -> str:
    return (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        f"unable to retrieve secret from {where}: {name}: ResourceNotFoundException: can't find the specified secret"
    )


def no_secret_key(name: str, key: str) -> str:
    return (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        f"retrieved secret from Secrets Manager did not contain json key {key}: {name}"
    )


def no_log_group(name: str) -> str:
    return (
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed "
        f"to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist: {name}"
    )


def wrong_platform(image: str, platform: str) -> str:
    return (
        f"CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain "
        f"descriptor matching platform '{platform}': {image}"
    )


def scaled(deployment: str) -> str:
    return f"Scaling activity initiated by (deployment {deployment})"


def in_progress(deployment: str) -> str:
    return f"ECS deployment {deployment} in progress."


def done(deployment: str) -> str:
    return f"ECS deployment {deployment} completed."


NO_CAPACITY = "Capacity is unavailable at this time. Please try again later or in a different availability zone."
ESSENTIAL_EXIT = "Essential container in task exited"
CONTAINER_CHECK = "Task failed container health checks"
BREAKER = "ECS deployment circuit breaker: tasks failed to start."
BREAKER_WHY = "tasks failed to start"
ALARM = "ECS deployment failed: alarm detected."
ALARM_WHY = "alarm detected"


def back_to(cause: str, deployment: str) -> str:
    return f"ECS deployment {cause}: rolling back to deploymentId {deployment}."


ROLLED_BACK_BREAKER = "Service deployment rolled back because the circuit breaker threshold was exceeded."
ROLLED_BACK_ALARM = "Service deployment rolled back because of one or more active alarms."
ROLLED_BACK_REQUEST = "Service deployment rolled back because of a stop request by the user."
STOPPED_BREAKER = "Service deployment stopped because the circuit breaker threshold was exceeded."
STOPPED_ALARM = "Service deployment stopped because of one or more active alarms."
STOPPED_REQUEST = "Service deployment stopped because of a stop request by the user."
STOPPED_NEWER = "Service deployment stopped because a new service deployment was started."
STOPPED_DELETED = "Service deployment stopped because the service was deleted."
NO_CANDIDATE = "No rollback candidate was found to run the rollback."
ROLLBACK_TRIPPED = "Service deployment rollback failed because the circuit breaker threshold was exceeded."


def hook_failed(stage: str, why: str) -> str:
    return f"Service deployment rolled back because {stage} lifecycle hook(s) failed. {why}"


def _tasks(tasks: list[str]) -> str:
    return " ".join(f"(task {task})" for task in tasks)
