# corsgate for GitHub Actions, and by itself: docker run --rm -v "$PWD:/src" corsgate diff
# docs/packages.md says how it is built and used; `./dev image` builds it and runs both.
FROM debian:trixie-slim AS build
RUN export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends install gcc libc6-dev cmake ninja-build pkg-config dpkg-dev file git \
        libgit2-dev libyaml-dev libjansson-dev libtree-sitter-dev libpcre2-dev libpsl-dev >/dev/null
COPY . /src
WORKDIR /src
# The same package that `cpack` makes elsewhere: it knows which libraries it needs.
RUN cmake --preset release && cmake --build --preset release && \
    cd build/release && cpack && mkdir /package && mv corsgate_*.deb /package/corsgate.deb
# Of git two programs: the rest of its package, and Perl for that, would be a third of the image.
RUN mkdir -p /image/usr/lib/corsgate && cp -r src/action src/packaging/image/run.sh /image/usr/lib/corsgate && \
    cp -a --parents /usr/bin/git /usr/lib/git-core/git-remote-http /usr/lib/git-core/git-remote-https \
        /usr/share/git-core/templates /image

FROM debian:trixie-slim
ARG REVISION
LABEL org.opencontainers.image.title="corsgate" \
      org.opencontainers.image.description="who gains and who loses access when a CORS configuration changes" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}"
# curl and jq speak with the API, git fetches commits: for the action only, the program opens no connection.
COPY --from=build /package /tmp/package
RUN export DEBIAN_FRONTEND=noninteractive && apt-get -qq update && \
    apt-get -qq -y --no-install-recommends install /tmp/package/corsgate.deb bash ca-certificates curl jq \
        libcurl3t64-gnutls >/dev/null && \
    rm -rf /tmp/package /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/* /var/cache/ldconfig/* /var/log/* \
        /usr/share/doc/*/changelog* /usr/share/man/* /usr/share/locale/*
COPY --from=build /image /
# No USER: GitHub's runner needs root in the container of an action, which names its own entry; by itself the program
# runs as the owner of the folder (src/packaging/image/run.sh).
WORKDIR /src
ENTRYPOINT ["/usr/lib/corsgate/run.sh"]
CMD ["--help"]
