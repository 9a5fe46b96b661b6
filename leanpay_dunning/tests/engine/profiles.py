"""How many examples the properties try: 500, or 20,000 with HYPOTHESIS_PROFILE=slow."""

import os

from hypothesis import HealthCheck, settings

# Time limits per example are off: a busy machine must not turn a true property into a red test.
_COMMON = {'deadline': None, 'database': None, 'print_blob': True, 'suppress_health_check': [HealthCheck.too_slow]}

settings.register_profile('ci', max_examples=500, derandomize=True, **_COMMON)
settings.register_profile('slow', max_examples=20_000, **_COMMON)

# Passed to each test instead of being loaded for the whole process: other add-ons' properties keep their own profile.
PROFILE = settings.get_profile(os.environ.get('HYPOTHESIS_PROFILE', 'ci'))
