from . import demo, models, report, wizard


def post_init_hook(env):
    """Give the companies that exist already the standard scenario."""
    companies = env['res.company'].search([('dunning_scenario_id', '=', False)])
    companies.dunning_scenario_id = env.ref('leanpay_dunning.leanpay_scenario_standard')


def uninstall_hook(env):
    """Take away what refuses changes of the evidence: the function would outlive the table."""
    env.cr.execute("DROP FUNCTION IF EXISTS leanpay_evidence_stays() CASCADE")
