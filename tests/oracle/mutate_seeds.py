"""Valid configurations for mutate.py, written so that most directives of interest occur in most places."""

MODULES = ('load_module /usr/lib/nginx/modules/ndk_http_module.so;'
           'load_module /usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so;'
           'load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;\n')

PARTS = {
    'cors.conf': 'add_header Access-Control-Allow-Origin $http_origin always;\nadd_header Vary Origin;\n',
    'origins.map': '"https://one.test" $http_origin;\n"~^https://[a-z]+\\.two\\.test$" $http_origin;\n',
}

SEEDS = [
    # The map idiom.
    r'''
worker_processes 1;
events { worker_connections 64; }
http {
    map $http_origin $cors {
        default "";
        "https://app.test" $http_origin;
        "~^https://[a-z]+\.app\.test(:[0-9]{1,5})?$" $http_origin;
        ~*^https://b\.test$ "$http_origin";
        include origins.map;
    }
    map "$request_method:$cors" $preflight { default 0; "~^OPTIONS:." 1; }
    server {
        listen 18091;
        server_name api.test www.api.test *.api.test;
        root /var/www;
        add_header Access-Control-Allow-Origin $cors always;
        add_header Vary Origin always;
        location / {
            if ($preflight) {
                add_header Access-Control-Max-Age 600;
                return 204;
            }
            try_files $uri $uri/ /index.html =404;
        }
        location = /status { return 200 "fine\n"; }
    }
}
''',
    # Flags in "if", several locations.
    r'''
events {}
http {
    default_type text/plain;
    server {
        listen 127.0.0.1:18092 default_server;
        server_name _;
        set $flag "";
        if ($http_origin ~* "^https?://(www\.)?a\.test$") { set $flag O; }
        if ($request_method = OPTIONS) { set $flag "${flag}P"; }
        location /api/ {
            if ($flag = "OP") {
                add_header Access-Control-Allow-Origin $http_origin always;
                add_header 'Access-Control-Allow-Methods' 'GET, POST';
                return 204;
            }
            if ($flag != O) { return 403; }
            proxy_pass http://127.0.0.1:18000/base/;
            proxy_set_header Host $host;
            proxy_hide_header Access-Control-Allow-Origin;
            location /api/v1/ { return 301 https://$host$request_uri; }
        }
        location ~ \.(json|xml)$ { add_header X-A a; expires 1h; }
        location ~* ^/img/(?<name>[^/]+)\.png$ { add_header X-Name $name; return 200 $1; }
        location ^~ /static/ { autoindex on; index index.html index.htm; }
        location @fallback { return 502; }
    }
}
''',
    # Error pages, access, limits of methods.
    r'''
events { worker_connections 128; multi_accept on; }
http {
    sendfile on;
    keepalive_timeout 65;
    client_max_body_size 10m;
    error_page 500 502 503 504 /50x.html;
    upstream app { server 127.0.0.1:18001 weight=2; server 127.0.0.1:18002 backup; keepalive 4; }
    server {
        listen 18093;
        listen [::1]:18093;
        server_name one.test;
        error_page 404 =200 /empty;
        error_page 418 = @preflight;
        location / {
            limit_except GET POST { deny all; }
            proxy_pass http://app;
            proxy_http_version 1.1;
            proxy_intercept_errors on;
            proxy_connect_timeout 5s;
            satisfy any;
            allow 10.0.0.0/8;
            deny all;
        }
        location @preflight { add_header A b; return 204; }
        location /old { rewrite ^/old/(.*)$ /new/$1 last; rewrite ^ /other? permanent; }
        location /internal { internal; alias /srv/; }
    }
    server { listen 18093; server_name two.test ~^(?<sub>.+)\.two\.test$; return 301 $scheme://one.test$request_uri; }
}
''',
    # Headers-more and Lua.
    r'''
events {}
http {
    more_set_headers "X-Server: s";
    server {
        listen 18094;
        location / {
            more_set_headers -s '404 500' "Access-Control-Allow-Origin: $http_origin" 'X: y';
            more_clear_headers Server;
            set_by_lua_block $value { return "}" }
            add_header X-Value $value;
            header_filter_by_lua_block {
                -- a brace } in a comment
                ngx.header["X-Lua"] = 'on'
                local t = { a = { 1 } } --[[ } ]]
            }
        }
        location /lua {
            content_by_lua_block { ngx.say([[ } ]]) }
        }
    }
}
''',
    # geo, split_clients, types, hostnames, nested maps.
    r'''
events {}
http {
    types { text/html html htm; application/json json; }
    map_hash_bucket_size 128;
    geo $inside { default 0; 10.0.0.0/8 1; 192.168.1.1 2; }
    geo $remote_addr $outside { default 1; 127.0.0.1 0; }
    split_clients "${remote_addr}AAA" $variant { 10% a; 20.5% b; * ""; }
    map $host $site { hostnames; default none; *.site.test sub; .other.test other; www.* any; }
    map $site $color { volatile; none ""; sub red; other "${site}x"; }
    server_names_hash_bucket_size 64;
    server {
        listen 18095 backlog=32;
        server_name site.test .other.test;
        include cors.conf;
        location / {
            if ($inside = 1) { return 200 "$variant $color"; }
            if (-f $request_filename) { break; }
            if (!-e $document_root/x) { rewrite ^(.*)$ /x last; }
            auth_basic "closed";
            auth_basic_user_file passwords;
        }
    }
    server { listen 18095; server_name b.test; return 404; }
}
''',
    # Inheritance of headers, nested locations.
    r'''
error_log stderr notice;
pid nginx.pid;
events { use epoll; }
http {
    add_header X-Http h;
    log_format short '$remote_addr "$request" $status';
    access_log off;
    gzip on;
    gzip_types text/css application/json;
    server_tokens off;
    server {
        listen 18096;
        server_name a.test;
        add_header X-Server s;
        merge_slashes off;
        location /a {
            add_header X-A "$host:$server_port" always;
            location /a/b { add_header X-B b; location /a/b/c { add_header X-C ""; return 200; } }
            location ~ ^/a/(\d+)$ { return 200 "$1"; }
        }
        location = / { return 302 /a; }
        location /auth {
            auth_request /check;
            auth_request_set $user $upstream_http_x_user;
            add_header X-User $user;
            proxy_pass http://127.0.0.1:18000;
        }
        location = /check { internal; proxy_pass http://127.0.0.1:18000/check; proxy_pass_request_body off; }
        location /e { expires -1; etag off; charset utf-8; }
        location /f { expires modified +1d; if_modified_since off; }
        location /g { expires $host; add_trailer X-T t; }
    }
}
''',
    # Quoting and escapes.
    r'''
"events" { }
http {
    server { # a comment ; { }
        'listen' "18097";
        server_name a.test # in the middle
            b.test;
        location "/q{1}" { return 200 'it\'s "x"'; }
        location ~ "^/[a-z]{2,3}/\d+$" { return 200 a\;b; }
        location ~ ^/x\.y\$ { return 200 ${host}; }
        location /r { return 200 "a\\b\tc"; }
        location /s { if ($http_origin = "https://a.test") { return 200; } return 204; }
        location /t { if ($http_origin ~ (a|b)\.test$) { return 200; } return http://b.test/$uri; }
        location /u { if ( $args ) { return 200; } return 444; }
    }
}
''',
]
