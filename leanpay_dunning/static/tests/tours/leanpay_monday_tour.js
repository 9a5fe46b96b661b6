import { registry } from "@web/core/registry";

const row = (customer) => `.o_data_row:has(.o_data_cell:contains("${customer}"))`;

const backToWorklist = () => [
    {
        content: "open the Customers menu",
        trigger: ".o_menu_sections [data-menu-xmlid='account.menu_finance_receivables']",
        run: "click",
    },
    {
        content: "open the worklist",
        trigger: "[data-menu-xmlid='leanpay_dunning.leanpay_debtor_menu']",
        run: "click",
    },
    {
        content: "the worklist is there",
        trigger: ".o_last_breadcrumb_item:contains('Worklist')",
    },
];

const openCustomer = (customer) => [
    {
        content: `open ${customer}`,
        trigger: `.o_list_view ${row(customer)} .o_data_cell[name=partner_id]`,
        run: "click",
    },
    {
        content: `the page of ${customer}`,
        trigger: `.o_leanpay_debtor .oe_title:contains("${customer}")`,
    },
];

/** An accountant's Monday: who is due and why, approve and send, log a call, put on hold. */
registry.category("web_tour.tours").add("leanpay_monday_tour", {
    steps: () => [
        {
            content: "the worklist opens on what is to do",
            trigger: `.o_list_view ${row("Alba to Write")} .o_field_badge:contains("To approve")`,
        },
        {
            content: "who owes nothing late is not there",
            trigger: `.o_list_view:not(:has(.o_data_cell:contains("Dorval on Time")))`,
        },
        ...openCustomer("Alba to Write"),
        {
            content: "the page says what happens next and why",
            trigger: `.o_leanpay_debtor [name=why_html]:contains("First reminder")`,
        },
        {
            content: "and how late everything is",
            trigger: ".o_leanpay_debtor .o_leanpay_age_31_60",
        },
        {
            content: "open the reminders of this customer",
            trigger: "button[name=action_view_reminders]",
            run: "click",
        },
        {
            content: "open the one to approve",
            trigger: `.o_list_view .o_data_row:has(.o_field_badge:contains("To approve")) .o_data_cell[name=partner_id]`,
            run: "click",
        },
        {
            content: "what the customer will read is there before it leaves",
            trigger: `.o_form_view .o_leanpay_subject [name=preview_subject]:contains("1,200.00")`,
        },
        {
            content: "approve",
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        {
            content: "approved",
            trigger: `.o_statusbar_status .o_arrow_button_current:contains("Approved")`,
        },
        {
            content: "send now",
            trigger: `.o_statusbar_buttons button[name=action_send_now]:contains("Send now")`,
            run: "click",
        },
        {
            content: "sent",
            trigger: `.o_statusbar_status .o_arrow_button_current:contains("Sent")`,
        },
        ...backToWorklist(),
        ...openCustomer("Boreal to Call"),
        {
            content: "log the call",
            trigger: ".o_statusbar_buttons button[name=action_log_call]",
            run: "click",
        },
        {
            content: "the dialog says what to say",
            trigger: `.modal .o_leanpay_script:contains("Ask when the invoice will be paid")`,
        },
        {
            content: "note what was said",
            trigger: ".modal [name=note] input",
            run: "edit Transfer this week",
        },
        {
            content: "one click: promised",
            trigger: ".modal button[name=action_promised]",
            run: "click",
        },
        {
            content: "the dialog is closed and the promise is noted",
            trigger: `body:not(:has(.modal)) .o_leanpay_debtor button[name=action_view_promises]`,
        },
        ...backToWorklist(),
        ...openCustomer("Cassis to Hold"),
        {
            content: "put on hold",
            trigger: ".o_statusbar_buttons button[name=action_hold]",
            run: "click",
        },
        {
            content: "say why",
            trigger: `.modal [name=kind] .o_radio_item:contains("Commercial decision") input`,
            run: "click",
        },
        {
            content: "with a word for the colleagues",
            trigger: ".modal [name=note] input",
            run: "edit New contract being signed",
        },
        {
            content: "hold",
            trigger: `.modal footer button:contains("Put on hold")`,
            run: "click",
        },
        {
            content: "on hold, and the page says so",
            trigger: `body:not(:has(.modal)) .o_leanpay_debtor .ribbon:contains("On hold")`,
        },
        {
            content: "the reason is on the page",
            trigger: `.o_leanpay_debtor [name=why_html]:contains("Commercial decision")`,
        },
    ],
});
