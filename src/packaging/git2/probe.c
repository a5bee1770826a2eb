// probe: whether libgit2's archive works with offline.c here: run when the build is configured.

#include <git2.h>

int main(int argc, char **argv)
{
    git_repository *repository = NULL;
    if (argc < 2 || git_libgit2_init() != 1)
        return 1;
    int failed = git_repository_init(&repository, argv[1], 1);
    git_repository_free(repository);
    return failed || git_libgit2_shutdown() != 0;
}
