scheduled_time: 2026-11-27T09:00
timezone: America/New_York
accounts: [acme]
title: !!str 2026
