"""Writes the documents that are generated from the code, so that nothing is written twice.

    python -m infra.documents            # write
    python -m infra.documents --check    # compare with what is committed, write nothing

docs/openapi.json          every route with its schemas (OpenAPI 3.1): for people, client types and fuzzing
template.yaml, infra/**     the beginnings of stacks with functions, and what the root hands down (head.yaml)
infra/openapi/<area>.json  the same routes as API Gateway needs them (OpenAPI 3.0.1): integrations, no schemas
docs/features.md           the requirements that tests claim, with their pages or routes
docs/ledger.json           ids and titles of all requirements; renewed when the ledger itself is at hand
"""
