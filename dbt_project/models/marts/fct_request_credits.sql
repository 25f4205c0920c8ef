select credits.request_id, credits.credit_type, credits.credits_estimated, credits.credits_usd
from {{ ref('stg_leadhouse__request_credits') }} as credits
inner join {{ ref('fct_api_requests') }} as requests on credits.request_id = requests.request_id
