-- Questions in the manner of ClickBench, asked of a table of hits made here; not comparable with published figures.
-- Each begins with a line "-- h<n>"; orders are total, so that all answers are the same.
-- h0
SELECT count(*) FROM hits
-- h1
SELECT count(*) FROM hits WHERE adv_engine_id <> 0
-- h2
SELECT sum(adv_engine_id), count(*), avg(resolution_width) FROM hits
-- h3
SELECT avg(user_id) FROM hits
-- h4
SELECT count(DISTINCT user_id) FROM hits
-- h5
SELECT count(DISTINCT search_phrase) FROM hits
-- h6
SELECT min(event_date), max(event_date) FROM hits
-- h7
SELECT adv_engine_id, count(*) FROM hits WHERE adv_engine_id <> 0 GROUP BY adv_engine_id ORDER BY count(*) DESC, adv_engine_id
-- h8
SELECT region_id, count(DISTINCT user_id) AS u FROM hits GROUP BY region_id ORDER BY u DESC, region_id LIMIT 10
-- h9
SELECT region_id, sum(adv_engine_id), count(*) AS c, avg(resolution_width), count(DISTINCT user_id) FROM hits GROUP BY region_id ORDER BY c DESC, region_id LIMIT 10
-- h10
SELECT mobile_phone_model, count(DISTINCT user_id) AS u FROM hits WHERE mobile_phone_model <> '' GROUP BY mobile_phone_model ORDER BY u DESC, mobile_phone_model LIMIT 10
-- h11
SELECT search_phrase, count(*) AS c FROM hits WHERE search_phrase <> '' GROUP BY search_phrase ORDER BY c DESC, search_phrase LIMIT 10
-- h12
SELECT search_engine_id, search_phrase, count(*) AS c FROM hits WHERE search_phrase <> '' GROUP BY search_engine_id, search_phrase ORDER BY c DESC, search_engine_id, search_phrase LIMIT 10
-- h13
SELECT user_id, count(*) AS c FROM hits GROUP BY user_id ORDER BY c DESC, user_id LIMIT 10
-- h14
SELECT user_id, search_phrase, count(*) AS c FROM hits GROUP BY user_id, search_phrase ORDER BY c DESC, user_id, search_phrase LIMIT 10
-- h15
SELECT user_id, extract(minute FROM event_time) AS m, search_phrase, count(*) AS c FROM hits GROUP BY user_id, m, search_phrase ORDER BY c DESC, user_id, m, search_phrase LIMIT 10
-- h16
SELECT count(*) FROM hits WHERE user_id = 435090932899640449
-- h17
SELECT count(*) FROM hits WHERE url LIKE '%google%'
-- h18
SELECT search_phrase, min(url), count(*) AS c FROM hits WHERE url LIKE '%google%' AND search_phrase <> '' GROUP BY search_phrase ORDER BY c DESC, search_phrase LIMIT 10
-- h19
SELECT * FROM hits WHERE url LIKE '%google%' ORDER BY event_time, watch_id LIMIT 10
-- h20
SELECT search_phrase FROM hits WHERE search_phrase <> '' ORDER BY event_time, watch_id LIMIT 10
-- h21
SELECT search_phrase FROM hits WHERE search_phrase <> '' ORDER BY search_phrase, watch_id LIMIT 10
-- h22
SELECT counter_id, avg(length(url)) AS l, count(*) AS c FROM hits WHERE url <> '' GROUP BY counter_id HAVING count(*) > 10000 ORDER BY l DESC, counter_id LIMIT 25
-- h23
SELECT sum(resolution_width), sum(resolution_width + 1), sum(resolution_width + 2), sum(resolution_width + 3), sum(resolution_width + 4), sum(resolution_width + 5), sum(resolution_width + 6) FROM hits
-- h24
SELECT search_engine_id, client_ip, count(*) AS c, sum(is_refresh::INT), avg(resolution_width) FROM hits WHERE search_phrase <> '' GROUP BY search_engine_id, client_ip ORDER BY c DESC, search_engine_id, client_ip LIMIT 10
-- h25
SELECT url, count(*) AS c FROM hits GROUP BY url ORDER BY c DESC, url LIMIT 10
-- h26
SELECT url, count(*) AS page_views FROM hits WHERE counter_id = 62 AND event_date >= DATE '2013-07-01' AND event_date <= DATE '2013-07-31' AND NOT is_refresh AND url <> '' GROUP BY url ORDER BY page_views DESC, url LIMIT 10
-- h27
SELECT title, count(*) AS page_views FROM hits WHERE counter_id = 62 AND event_date BETWEEN DATE '2013-07-08' AND DATE '2013-07-14' AND NOT is_refresh AND title <> '' GROUP BY title ORDER BY page_views DESC, title LIMIT 10
-- h28
SELECT date_trunc('minute', event_time) AS m, count(*) AS page_views FROM hits WHERE counter_id = 62 AND event_date BETWEEN DATE '2013-07-14' AND DATE '2013-07-15' AND NOT is_refresh GROUP BY m ORDER BY m LIMIT 10 OFFSET 1000
-- h29
SELECT event_date, count(*), count(DISTINCT user_id) FROM hits WHERE event_date >= DATE '2013-07-25' GROUP BY event_date ORDER BY event_date
-- h30
SELECT url, event_time FROM hits ORDER BY event_time DESC, watch_id LIMIT 100
