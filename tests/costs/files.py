"""Small files of costs for the tests, each good until a test breaks it."""

from __future__ import annotations

import csv
import io

FOCUS = {
    "BilledCost": "1.5",
    "BillingAccountId": "1",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-11-01T00:00:00Z",
    "BillingPeriodEnd": "2026-12-01T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeClass": "NULL",
    "ChargeDescription": "$3.06 per On Demand Linux p3.2xlarge Instance Hour",
    "ChargePeriodStart": "2026-11-03T00:00:00Z",
    "ChargePeriodEnd": "2026-11-03T01:00:00Z",
    "ConsumedQuantity": "1",
    "ConsumedUnit": "Hours",
    "EffectiveCost": "1.25",
    "ListCost": "3.06",
    "ProviderName": "AWS",
    "ServiceName": "Amazon Elastic Compute Cloud",
    "Tags": '{"project": "a"}',
}
CUR = {
    "identity/LineItemId": "li-1",
    "identity/TimeInterval": "2026-11-03T00:00:00Z/2026-11-04T00:00:00Z",
    "bill/BillingPeriodStartDate": "2026-11-01T00:00:00Z",
    "lineItem/LineItemType": "Usage",
    "lineItem/UsageStartDate": "2026-11-03T00:00:00Z",
    "lineItem/UsageEndDate": "2026-11-04T00:00:00Z",
    "lineItem/ProductCode": "AmazonEC2",
    "lineItem/UsageType": "APN1-BoxUsage:p3.8xlarge",
    "lineItem/UsageAmount": "24",
    "lineItem/CurrencyCode": "USD",
    "lineItem/UnblendedRate": "16.776",
    "lineItem/UnblendedCost": "402.624",
    "pricing/unit": "Hrs",
    "resourceTags/user:project": "a",
}
CUR2 = {
    "identity_line_item_id": "li-1",
    "identity_time_interval": "2026-11-03T00:00:00Z/2026-11-04T00:00:00Z",
    "bill_billing_period_start_date": "2026-11-01T00:00:00.000Z",
    "line_item_line_item_type": "Usage",
    "line_item_usage_start_date": "2026-11-03T00:00:00.000Z",
    "line_item_usage_end_date": "2026-11-04T00:00:00.000Z",
    "line_item_product_code": "AmazonEC2",
    "line_item_usage_type": "APN1-SpotUsage:p3.8xlarge",
    "line_item_usage_amount": "24",
    "line_item_currency_code": "USD",
    "line_item_unblended_rate": "",
    "line_item_unblended_cost": "120.5",
    "product_instance_type": "p3.8xlarge",
    "resource_tags": '{"user_project": "a", "aws_batch_compute_environment": "gpu"}',
}
JOBS = {
    "start": "2026-11-03T09:00:00+09:00",
    "end": "2026-11-03T11:30:00+09:00",
    "gpus": "4",
    "user": "佐藤",
    "type": "NVIDIA A100",
}


def as_csv(row, *changes, separator=","):
    """The row as CSV, once for each set of changes; without any, once as it stands."""
    rows = [row | change for change in changes or ({},)]
    names = list(dict.fromkeys(name for one in rows for name in one))
    held = io.StringIO()
    writer = csv.DictWriter(held, names, delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return held.getvalue()
