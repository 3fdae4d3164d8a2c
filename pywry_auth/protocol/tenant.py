"""Issuers that are templates, filled with the tenant of each token."""

import re


PLACEHOLDER = "{tenantid}"
GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_template(issuer: str) -> bool:
    """Say whether *issuer* stands for many tenants."""
    return PLACEHOLDER in issuer


def issuer_of(template: str, tenant_id: str) -> str:
    """Give the issuer of one tenant."""
    return template.replace(PLACEHOLDER, tenant_id)
