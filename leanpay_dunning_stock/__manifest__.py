{
    'name': 'Dunning and Collections: Deliveries',
    'summary': 'Deliveries to late payers are warned about, or leave only when somebody releases them',
    'version': '19.0.1.0.0',
    'category': 'Accounting/Accounting',
    'author': 'LeanPay',
    'website': 'https://github.com/leanpay/leanpay_dunning',
    'license': 'LGPL-3',
    'depends': ['leanpay_dunning', 'stock'],
    'data': [
        'views/stock_picking_views.xml',
    ],
    'auto_install': True,
}
