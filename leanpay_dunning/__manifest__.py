{
    'name': 'Dunning and Collections',
    'summary': 'Reminders, formal notices and a receivables cockpit: who to contact, how, about what, and why not',
    'version': '19.0.1.0.0',
    'category': 'Accounting/Accounting',
    'author': 'LeanPay',
    'website': 'https://github.com/leanpay/leanpay_dunning',
    'license': 'LGPL-3',
    'depends': ['account_payment', 'sms'],
    'external_dependencies': {'python': ['holidays', 'reportlab']},
    'data': [
        'security/leanpay_dunning_groups.xml',
        'security/ir.model.access.csv',
        'security/leanpay_dunning_security.xml',
        'data/ir_sequence_data.xml',
        'data/mail_layout_templates.xml',
        'data/mail_template_data.xml',
        'data/sms_template_data.xml',
        'data/leanpay_scenario_data.xml',
        'data/leanpay_payer_profile_data.xml',  # Depends on the scenarios.
        'data/mail_activity_type_data.xml',
        'data/ir_cron_data.xml',
        'wizard/leanpay_call_result_views.xml',
        'wizard/leanpay_preview_views.xml',
        'views/leanpay_scenario_views.xml',
        'views/leanpay_payer_profile_views.xml',
        'views/leanpay_reminder_views.xml',
        'views/leanpay_hold_views.xml',
        'views/leanpay_run_views.xml',
        'views/leanpay_debtor_views.xml',  # Depends on the reminders' and holds' actions.
        'views/account_move_views.xml',
        'views/res_partner_views.xml',
        'views/res_config_settings_views.xml',
        'views/leanpay_dunning_menus.xml',
    ],
    'demo': [
        'demo/leanpay_demo.xml',
    ],
    'post_init_hook': 'post_init_hook',
    'assets': {
        'web.assets_backend': [
            'leanpay_dunning/static/src/scss/leanpay_dunning.scss',
        ],
        'web.assets_tests': [
            'leanpay_dunning/static/tests/tours/*.js',
        ],
    },
}
