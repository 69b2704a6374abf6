"""The field's nouns: findings, stacks, values, severities, programs. They know nothing of what is done with them."""
