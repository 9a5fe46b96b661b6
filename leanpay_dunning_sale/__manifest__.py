{
    'name': 'Dunning and Collections: Quotations',
    'summary': 'Quotations of late payers are warned about, or confirmed only when somebody releases them',
    'version': '19.0.1.0.0',
    'category': 'Accounting/Accounting',
    'author': 'LeanPay',
    'website': 'https://github.com/leanpay/leanpay_dunning',
    'license': 'LGPL-3',
    'depends': ['leanpay_dunning', 'sale'],
    'data': [
        'views/sale_order_views.xml',
    ],
    'auto_install': True,
}
