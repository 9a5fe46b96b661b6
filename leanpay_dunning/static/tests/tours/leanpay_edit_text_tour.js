import { registry } from "@web/core/registry";

/** The text of a reminder is shown as it will leave, changed, and saved. */
registry.category("web_tour.tours").add("leanpay_edit_text_tour", {
    steps: () => [
        {
            content: "edit the text",
            trigger: ".o_statusbar_buttons button[name=action_edit_text]",
            run: "click",
        },
        {
            content: "the mail is there with its layout",
            trigger: ".modal .odoo-editor-editable table[role=presentation] td[bgcolor] a",
        },
        {
            content: "say it in one's own words",
            trigger: ".modal .odoo-editor-editable table[role=presentation] p:first",
            run: "editor Dear Alba,",
        },
        {
            content: "save",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "the page says that somebody edited it",
            trigger: `body:not(:has(.modal)) .o_leanpay_subject .badge:contains("Edited by hand")`,
        },
    ],
});
