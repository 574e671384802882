"""Days that AWS can keep things for, where only some numbers are offered."""

LOG_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""CloudWatch Logs API reference, PutRetentionPolicy, `retentionInDays`."""

PERFORMANCE_INSIGHTS_DAYS = (7, *(31 * month for month in range(1, 24)), 731)
"""Amazon RDS API reference, CreateDBCluster, `PerformanceInsightsRetentionPeriod`: 7, 31 x (1 to 23) or 731."""


def nearest_days(days: int, offered: tuple[int, ...]) -> int:
    """The shortest time on offer that is not shorter than asked; the longest there is if none."""
    return next((offer for offer in offered if offer >= days), offered[-1])
