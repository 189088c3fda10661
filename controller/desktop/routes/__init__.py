"""What each path of the API does, a file for each subject. A route reads the request, asks or looks, and answers; no rule stands here."""
